//! The test support itself: servers start on loopback and are up when they say so.

mod support;

use support::servers::{LocalEmu, MiniStack, Server as _};

#[test]
fn servers_listen_on_loopback_and_end_with_their_handle() {
    for start in [MiniStack::start as fn() -> MiniStack, MiniStack::start_with_auth] {
        let server = start();
        let port = server.process().port();
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        drop(server);
        assert!(
            std::net::TcpStream::connect(("127.0.0.1", port)).is_err(),
            "the server outlived its handle"
        );
    }
}

#[test]
fn localemu_starts() {
    let server = LocalEmu::shared();
    assert!(server.endpoint().starts_with("http://127.0.0.1:"));
}
