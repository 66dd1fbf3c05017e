// Connect with a client's own defaults, say PING. Arguments: package, port.
const [name, port] = [process.argv[2], Number(process.argv[3])];
if (name === "ioredis") {
  const { default: Redis } = await import("ioredis");
  const client = new Redis(port, "127.0.0.1");
  await client.ping();
  client.disconnect();
} else {
  const { createClient } = await import("redis");
  const client = await createClient({ socket: { port, host: "127.0.0.1" } }).connect();
  await client.ping();
  await client.close();
}
