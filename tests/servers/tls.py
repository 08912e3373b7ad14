"""HTTPS in front of a server on loopback, with a certificate of a CA that nobody knows.

Writes the CA's certificate to `ca.pem` in FOLDER, then prints the port it listens on. Ends when its
standard input closes.

usage: tls.py FOLDER UPSTREAM_PORT
"""

import datetime
import ipaddress
import os
import socket
import ssl
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def certificates(folder):
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.timezone.utc)
    pem = serialization.Encoding.PEM

    def certificate(subject, issuer, key, signer, *extensions):
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name.from_rfc4514_string(f"CN={subject}"))
            .issuer_name(x509.Name.from_rfc4514_string(f"CN={issuer}"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(signer, hashes.SHA256()).public_bytes(pem)

    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    ca = certificate("Test CA", "Test CA", ca_key, ca_key, (x509.BasicConstraints(ca=True, path_length=0), True))
    own = certificate(
        "127.0.0.1",
        "Test CA",
        key,
        ca_key,
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.SubjectAlternativeName([address]), False),
    )
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for name, content in {"ca.pem": ca, "own.pem": own + private}.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def serve(client, context, port):
    try:
        secure = context.wrap_socket(client, server_side=True)
        upstream = socket.create_connection(("127.0.0.1", port))
    except OSError:
        return client.close()
    threading.Thread(target=pump, args=(upstream, secure), daemon=True).start()
    pump(secure, upstream)


def main():
    folder, port = sys.argv[1], int(sys.argv[2])
    certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "own.pem"))
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, args=(client, context, port), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
