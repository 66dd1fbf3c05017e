"""10. Publish and subscribe, as with asyncio-redis.

A server that clients take for Redis, and a client. Each file imports
only what stands before it; take them in this order:

    resp.py                 RESP: how values and requests are written
    resp_parser.py          how bytes that come in pieces are read
    resp_requests.py        what a server reads
    resp_replies.py         what a client reads
    hiredis_parser.py       what a server reads, faster, in C

    client_link.py          the client: one connection to a server
    client.py               the client: publish, subscribe, come back

    patterns.py             the patterns of PSUBSCRIBE
    broker.py               who listens to what; the way of a message
    notices.py              what becomes of keys, as messages
    database.py             values by their keys, and their ends
    absent.py               what Redis has, and this server hasn't
    commands.py             a table of commands, and how one is found
    command_flags.py        what COMMAND tells of each
    transaction.py          what a client has queued since MULTI
    session.py              a client: bytes in, commands run
    traced.py               the same, with its bytes shown
    commands_pubsub.py      SUBSCRIBE, PUBLISH …
    commands_connection.py  PING, AUTH, HELLO …
    client_lines.py         a client, as a line of CLIENT LIST
    commands_clients.py     CLIENT LIST, CLIENT KILL …
    commands_server.py      COMMAND, INFO
    commands_config.py      CONFIG GET, CONFIG SET
    commands_keys.py        SET, GET …
    commands_expiry.py      EXPIRE, TTL …
    commands_multi.py       MULTI, EXEC, WATCH …
    stub.py                 the server: its socket, its command line

    subscribe.py            the lessons: two subscribers in one loop
    publish.py              how many received it
    reconnect.py            the server stops, and comes back
    slow.py                 a subscriber that doesn't read
    one_name.py             a string where a list belongs
    one_connection.py       who listens cannot publish there
    redis_py.py             with the library that one uses at work
    zeromq.py               with no server

A PUBLISH goes through each room once: resp_requests cuts it out of the
bytes, session finds it in commands, commands_pubsub has the broker put
the message with what waits for each subscriber, whose session sends it.
"""
