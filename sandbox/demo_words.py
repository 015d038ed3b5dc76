"""How `script/demo` speaks, and how it runs commands."""

import shlex
import subprocess

from sandbox import lifecycle


def run(words: list[str]) -> None:
    """Show a command and run it."""
    say("$ " + shlex.join(words))
    read(words)


def read(words: list[str], text: str = "") -> str:
    """Run a command; returns what it answers."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise lifecycle.Problem(f"{shlex.join(words)}: {done.stderr.strip()}")
    return done.stdout


def step(text: str) -> None:
    """Begin a step, in Dokku's style."""
    print(f"-----> {text}", flush=True)


def say(text: str) -> None:
    """Add a detail to it."""
    print(f"       {text}", flush=True)
