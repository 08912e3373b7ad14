use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use super::*;

/// How a server answers.
#[derive(Clone, Copy)]
enum Server {
    /// As S3 does.
    Ranges,
    /// Sends the whole file whatever is asked for.
    Whole,
    Refuses,
    /// Says more than it sends.
    BreaksOff,
}

/// Serves a file as long as the test runs; returns its address.
fn serve(file: Vec<u8>, server: Server) -> Location {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a client");
            let mut range = None;
            for line in BufReader::new(&stream).lines() {
                let line = line.expect("a request").to_lowercase();
                range = line.strip_prefix("range: bytes=").map(str::to_owned).or(range);
                if line.is_empty() {
                    break;
                }
            }
            let total = file.len();
            let (from, to) = match range.as_deref().and_then(|range| range.split_once('-')) {
                Some(("", last)) => (total.saturating_sub(last.parse().expect("a number")), total),
                Some((from, to)) => (
                    from.parse().expect("a number"),
                    to.parse::<usize>().expect("a number") + 1,
                ),
                None => (0, total),
            };
            let (head, body) = match server {
                Server::Ranges => (
                    format!("206 Partial\r\ncontent-range: bytes {from}-{}/{total}", to - 1),
                    &file[from..to],
                ),
                Server::Whole => ("200 OK".to_owned(), &file[..]),
                Server::Refuses => ("403 Forbidden".to_owned(), &b"expired"[..]),
                Server::BreaksOff => ("200 OK".to_owned(), &file[..total / 2]),
            };
            let length = if matches!(server, Server::BreaksOff) {
                total
            } else {
                body.len()
            };
            let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).expect("a reader");
            stream.write_all(body).expect("a reader");
        }
    });
    Location::new(&format!("http://{address}/code.zip?X-Amz-Signature=hush"))
}

/// An archive with this many files, of noise so that the directory lies far from the beginning.
fn archive(files: usize) -> Vec<u8> {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    let mut zip = zip::ZipWriter::new(file.as_file());
    for index in 0..files {
        let options = zip::write::SimpleFileOptions::DEFAULT;
        zip.start_file(format!("folder/file-{index:06}.txt"), options)
            .expect("room");
        zip.write_all(format!("file {index}").as_bytes()).expect("room");
    }
    zip.finish().expect("room");
    let mut bytes = Vec::new();
    std::io::Seek::rewind(file.as_file_mut()).expect("a file");
    file.read_to_end(&mut bytes).expect("a file");
    bytes
}

#[tokio::test]
async fn the_end_of_the_archive_is_enough_and_the_whole_will_do() {
    let route = Route { bundle: None };
    // The directory of 3 fits into the tail, that of 3000 does not.
    for files in [3, 3000] {
        let bytes = archive(files);
        for server in [Server::Ranges, Server::Whole] {
            let listed = list(&route, &serve(bytes.clone(), server)).await.expect("it is there");
            assert_eq!(listed.len(), files);
            assert_eq!(listed[1].name, "folder/file-000001.txt");
        }
    }
}

#[tokio::test]
async fn what_goes_wrong_is_told_without_the_address() {
    let route = Route { bundle: None };
    for (location, why) in [
        (
            serve(archive(3), Server::Refuses),
            "the storage answered with status 403",
        ),
        (serve(archive(3), Server::BreaksOff), "the connection broke off"),
        (
            serve(vec![0; 500], Server::Ranges),
            "it is no ZIP archive that can be read",
        ),
        (Location::new("http://127.0.0.1:1/?secret=1"), "the connection failed"),
        (Location::new("not an address"), "its address cannot be read"),
    ] {
        assert_eq!(list(&route, &location).await, Err(why.to_owned()));
        assert_eq!(format!("{location:?}"), "Location(…)");
    }
}
