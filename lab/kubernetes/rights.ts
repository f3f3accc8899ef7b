import type { ApiAnswer, ApiCall } from "./api";

/** Whose rights are asked for, and where. */
export interface RightsQuestion {
  namespace: string;
  serviceAccount: string;
  /**
   * Names to ask for beside "any": a rule may allow only these. By kind as in the answer's lines, such as
   * `leases.coordination.k8s.io`.
   *
   * @default none
   */
  names?: Readonly<Record<string, readonly string[]>>;
}

type Call = (call: Omit<ApiCall, "token">) => Promise<ApiAnswer>;

interface Resource {
  group: string;
  resource: string;
  subresource?: string;
}

interface ResourceList {
  resources: { name: string }[];
}

const verbs = [
  ...["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
  ...["bind", "escalate", "impersonate", "use", "approve", "sign", "attest"],
];

/** Asks for each verb with each kind. */
export async function rightsOf(call: Call, question: RightsQuestion): Promise<string[]> {
  const asked = (await everyResource(call)).flatMap((resource) =>
    ["", ...(question.names?.[kindOf(resource)] ?? [])].flatMap((name) =>
      verbs.map((verb) => ({ ...resource, verb, name })),
    ),
  );
  const found: string[] = [];
  // A few at a time: the server answers each in less than a millisecond.
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let next = asked.pop(); next !== undefined; next = asked.pop()) {
        if (await allowed(call, question, next)) {
          found.push(`${next.verb} ${kindOf(next)}${next.name === "" ? "" : `/${next.name}`}`);
        }
      }
    }),
  );
  return found.sort();
}

function kindOf({ group, resource, subresource }: Resource): string {
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  return group === "" ? whole : `${whole}.${group}`;
}

async function allowed(
  call: Call,
  { namespace, serviceAccount }: RightsQuestion,
  attributes: Resource & { verb: string; name: string },
): Promise<boolean> {
  const answer = await call({
    method: "POST",
    path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: `system:serviceaccount:${namespace}:${serviceAccount}`,
        groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
        resourceAttributes: { namespace, ...attributes },
      },
    },
  });
  if (answer.status !== 201) throw new Error(`the API server answers ${answer.status}: ${JSON.stringify(answer.body)}`);
  return (answer.body as { status: { allowed: boolean } }).status.allowed;
}

/** Every kind that the server has, each group in the version that it prefers. */
async function everyResource(call: Call): Promise<Resource[]> {
  const read = async <T>(path: string): Promise<T> => (await call({ path })).body as T;
  const { groups } = await read<{ groups: { name: string; preferredVersion: { groupVersion: string } }[] }>("/apis");
  const lists = [
    { group: "", path: "/api/v1" },
    ...groups.map(({ name, preferredVersion }) => ({ group: name, path: `/apis/${preferredVersion.groupVersion}` })),
  ];
  const found = await Promise.all(
    lists.map(async ({ group, path }) =>
      (await read<ResourceList>(path)).resources.map(({ name }) => {
        const [resource = "", subresource] = name.split("/");
        return { group, resource, ...(subresource === undefined ? {} : { subresource }) };
      }),
    ),
  );
  return found.flat();
}
