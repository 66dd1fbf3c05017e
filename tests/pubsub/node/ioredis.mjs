// ioredis: all kinds of subscriptions. Argument: port.
import Redis from "ioredis";

const port = Number(process.argv[2]);
const client = new Redis(port, "127.0.0.1");
const subscriber = new Redis(port, "127.0.0.1", { connectionName: "tulip", db: 1 });

const inbox = [];
let arrived;
const all = new Promise((resolve) => (arrived = resolve));
for (const event of ["message", "pmessage", "smessage"]) {
  subscriber.on(event, (...message) => {
    inbox.push([event, ...message]);
    if (inbox.length === 4) arrived();
  });
}

console.log("subscribe", await subscriber.subscribe("news", "été"));
console.log("psubscribe", await subscriber.psubscribe("n*"));
console.log("ssubscribe", await subscriber.ssubscribe("shard"));
console.log("publish", await client.publish("news", "tulip"));
console.log("publish", await client.publish("été", "fleur ✿"));
console.log("spublish", await client.spublish("shard", "bulb"));
await all;
inbox.forEach((message) => console.log(...message));

console.log("numsub", await client.pubsub("NUMSUB", "news"));
console.log("ping", await client.ping(), await subscriber.ping());
const replies = await client.pipeline().set("k", "v").get("k").ping().exec();
console.log("pipeline", ...replies.map(([, reply]) => reply));
const together = await client.multi().incr("n").publish("empty", "x").del("n").exec();
console.log("multi", ...together.map(([, reply]) => reply));
await client.call("NOSUCH").catch((error) => console.log(error.message));

console.log("unsubscribe", await subscriber.unsubscribe("news", "été"));
console.log("punsubscribe", await subscriber.punsubscribe("n*"));
console.log("sunsubscribe", await subscriber.sunsubscribe("shard"));
console.log("select", await subscriber.select(0));
console.log("quit", await subscriber.quit(), await client.quit());
