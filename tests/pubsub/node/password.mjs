// Both, with a password, right or wrong. Arguments: port, password.
import Redis from "ioredis";
import { createClient } from "redis";

const [port, password] = [Number(process.argv[2]), process.argv[3]];
for (const RESP of [2, 3]) {
  const socket = { port, host: "127.0.0.1", reconnectStrategy: false };
  const client = createClient({ socket, password, RESP });
  client.on("error", () => {});
  try {
    await client.connect();
    console.log(`redis, RESP${RESP}:`, await client.ping());
    await client.close();
  } catch (error) {
    console.log(`redis, RESP${RESP}:`, error.message);
  }
}

const client = new Redis(port, "127.0.0.1", { password, retryStrategy: null });
client.on("error", (error) => console.log("ioredis, at once:", error.message));
try {
  console.log("ioredis:", await client.ping());
} catch (error) {
  console.log("ioredis:", error.message);
}
client.disconnect();
