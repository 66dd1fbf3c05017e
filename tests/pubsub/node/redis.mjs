// node's redis: all kinds of subscriptions. Arguments: port, RESP version.
import { createClient } from "redis";

const [port, RESP] = process.argv.slice(2).map(Number);
const options = { socket: { port, host: "127.0.0.1" }, RESP };
const client = await createClient(options).connect();
const subscriber = await createClient({ ...options, name: "tulip" }).connect();

const inbox = [];
let arrived;
const all = new Promise((resolve) => (arrived = resolve));
const listener = (kind) => (message, channel) => {
  inbox.push([kind, channel, message]);
  if (inbox.length === 4) arrived();
};

await subscriber.subscribe(["news", "été"], listener("channel"));
await subscriber.pSubscribe("n*", listener("pattern"));
await subscriber.sSubscribe("shard", listener("shard"));
console.log("publish", await client.publish("news", "tulip"));
console.log("publish", await client.publish("été", "fleur ✿"));
console.log("publish", await client.publish("other", "x"));
console.log("spublish", await client.sPublish("shard", "bulb"));
await all;
inbox.forEach((message) => console.log(...message));

console.log("channels", (await client.pubSubChannels()).sort().join(" "));
console.log("numsub", (await client.pubSubNumSub(["news", "x"])).news);
console.log("numpat", await client.pubSubNumPat());
console.log("ping", await client.ping(), await subscriber.ping());
console.log("set", await client.set("k", "v"), await client.get("k"));
console.log("name", (await client.clientList()).map(({ name }) => name).sort().at(-1));
const [told] = await client.clientList();
console.log("numbers", ...[told.fd, told.idle, told.qbuf, told.totMem].map(Number.isInteger));
console.log("multi", ...(await client.multi().incr("n").publish("empty", "x").del("n").exec()));
await client.sendCommand(["NOSUCH"]).catch((error) => console.log(error.message));

await subscriber.unsubscribe("news");
await subscriber.pUnsubscribe("n*");
await subscriber.sUnsubscribe("shard");
console.log("publish", await client.publish("news", "late"));
console.log("quit", String(await subscriber.quit()));
await client.close();
