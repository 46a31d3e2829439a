"""An SSH server of one folder for one key: ``python sftp_server.py PORT HOST_KEY USER_KEY FOLDER``."""

import asyncio
import sys

import asyncssh


async def serve(port: str, host_key: str, user_key: str, folder: str) -> None:
    await asyncssh.listen(
        "127.0.0.1",
        int(port),
        server_host_keys=[host_key],
        authorized_client_keys=user_key,
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=folder),
        allow_scp=False,
    )
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
