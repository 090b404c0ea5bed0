// The two servers that Hardwon is held against: node peers.mjs hocuspocus|y-websocket PORT DATABASE
const [kind, port, database] = process.argv.slice(2);
if (kind === "hocuspocus") {
  const { Server } = await import("@hocuspocus/server");
  const { SQLite } = await import("@hocuspocus/extension-sqlite");
  const server = new Server({
    address: "127.0.0.1",
    port: Number(port),
    quiet: true,
    extensions: [new SQLite({ database })],
  });
  await server.listen();
} else {
  process.env.HOST = "127.0.0.1";
  process.env.PORT = port;
  await import("./node_modules/@y/websocket-server/src/server.js");
}
