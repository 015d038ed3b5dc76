"""The program before the ACME server: carries TLS connections to it, and takes its time.

acme_front.py PORT TARGET CERTIFICATE KEY

ACME clients ask for the state of an authorization right after they have said that they are ready. A
server on the same machine answers "pending" within a millisecond, and lego asks again after five
seconds. On the Internet the first answer would come later, and the validation be over; so here.
"""

import asyncio
import ssl
import sys

LOOPBACK = "127.0.0.1"
QUESTION = b"POST /authZ/"
LATENCY = 0.15


async def serve(port: int, target: int, files: tuple[str, str]) -> None:
    """Accept on `port` for good and carry every connection to `target`."""
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(*files)
    trust = ssl.create_default_context(cafile=files[0])

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answers, questions = await asyncio.open_connection(LOOPBACK, target, ssl=trust)
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            carry(reader, questions), carry(answers, writer), return_exceptions=True
        )

    async with await asyncio.start_server(accept, LOOPBACK, port, ssl=own) as server:
        await server.serve_forever()


async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy one direction until its end; a question about an authorization is held up."""
    while data := await source.read(65536):
        if data.startswith(QUESTION):
            await asyncio.sleep(LATENCY)
        target.write(data)
        await target.drain()
    target.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), (sys.argv[3], sys.argv[4])))
