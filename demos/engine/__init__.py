"""6. An engine from nothing: from a `for` loop to sockets, futures.

Ten stages, each a file that runs alone and differs little from the one
before: `python -m demos --diff engine.04 engine.05` shows how.

    stage_01_run_task.py    one coroutine after the other
    stage_02_run_tasks.py   in turns
    stage_03_sleep.py       a clock, asked at each turn
    stage_04_loop.py        tasks that add tasks
    stage_05_gather.py      results
    stage_06_sockets.py     a server and its client, asked at each turn
    stage_07_future.py      who waits is parked
    stage_08_timers.py      time sets futures
    stage_09_selector.py    sockets set futures
    stage_10_language.py    async for, async with

Then the whole, and what runs on it:

    engine.py               all that, with results, errors, cancelling
    queues.py               a queue, made of its futures
    bouquet.py              the lessons: a queue, cancelling
    stuck.py                a deadlock that says so
    foreign.py              what another library yields is refused
    reverse.py              the server that reverses, and its client
    hello_http.py           a server for curl, browsers, wrk
    beside.py               what a switch costs, here and elsewhere
"""
