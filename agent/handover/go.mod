module pulumi-neumann/handover

go 1.22
