"""Real DNS servers on free loopback ports, unprivileged, each in a folder of its own."""
