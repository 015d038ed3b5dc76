"""The program behind an exposed port: carries one loopback port to another. carry.py PORT TARGET"""

import asyncio
import sys

LOOPBACK = "127.0.0.1"


async def serve(port: int, target: int) -> None:
    """Accept on `port` for good and carry every connection to `target`."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answers, questions = await asyncio.open_connection(LOOPBACK, target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            carry(reader, questions), carry(answers, writer), return_exceptions=True
        )

    async with await asyncio.start_server(accept, LOOPBACK, port) as server:
        await server.serve_forever()


async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy one direction until its end."""
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
