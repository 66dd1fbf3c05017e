// Both come back, and subscribe again by themselves, when the server does.
// Argument: port. A line on stdin: the server is there again.
import { once } from "node:events";
import Redis from "ioredis";
import { createClient } from "redis";

const port = Number(process.argv[2]);
const inbox = [];
const heard = (name) => (message) => inbox.push(`${name} ${message}`);

const node = createClient({
  socket: { port, host: "127.0.0.1", reconnectStrategy: 20 },
});
node.on("error", () => {});
await node.connect();
await node.subscribe("news", heard("redis"));

const io = new Redis(port, "127.0.0.1", { retryStrategy: () => 20 });
io.on("error", () => {});
io.on("message", (channel, message) => heard("ioredis")(message));
await io.subscribe("news");

async function publish(message) {
  const publisher = await createClient({ socket: { port, host: "127.0.0.1" } }).connect();
  while ((await publisher.pubSubNumSub(["news"])).news < 2) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log("received by", await publisher.publish("news", message));
  await publisher.close();
  while (inbox.length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  inbox.sort().forEach((line) => console.log(line));
  inbox.length = 0;
}

await publish("tulip");
await once(process.stdin, "data");
await publish("tulip again");
process.exit();
