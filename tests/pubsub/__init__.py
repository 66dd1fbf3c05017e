"""Tests of the pub/sub chapter: the stub and the client against the real thing."""
