"""6. An engine from nothing: from a `for` loop to sockets, futures."""
