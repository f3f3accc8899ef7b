var import_server = require("./server");
const engineAddress = process.argv.at(-1) ?? "";
(0, import_server.serve)(engineAddress).then(
  // The engine reads the port from the first line.
  (port) => process.stdout.write(`${port}
`),
  (error) => {
    process.stderr.write(`${String(error)}
`);
    process.exitCode = 1;
  }
);
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibWFpbi50cyJdLAogICJtYXBwaW5ncyI6ICJBQUFBLG9CQUFzQjtBQUd0QixNQUFNLGdCQUFnQixRQUFRLEtBQUssR0FBRyxFQUFFLEtBQUs7QUFBQSxJQUU3QyxxQkFBTSxhQUFhLEVBQUU7QUFBQTtBQUFBLEVBRW5CLENBQUMsU0FBUyxRQUFRLE9BQU8sTUFBTSxHQUFHLElBQUk7QUFBQSxDQUFJO0FBQUEsRUFDMUMsQ0FBQyxVQUFtQjtBQUNsQixZQUFRLE9BQU8sTUFBTSxHQUFHLE9BQU8sS0FBSyxDQUFDO0FBQUEsQ0FBSTtBQUN6QyxZQUFRLFdBQVc7QUFBQSxFQUNyQjtBQUNGOyIsCiAgIm5hbWVzIjogW10KfQo=
