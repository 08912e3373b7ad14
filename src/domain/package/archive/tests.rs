use super::*;
use crate::domain::package::Identity;

fn files(folder: &Path, contents: &[(&str, Vec<u8>)]) -> Selection {
    let files = contents.iter().map(|(name, bytes)| {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        SelectedFile {
            name: (*name).to_owned(),
            path,
            executable: false,
            size: bytes.len() as u64,
            identity: Identity::default(),
        }
    });
    Selection {
        files: files.collect(),
        ..Selection::default()
    }
}

/// Bytes that deflate cannot shrink.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

fn read(archive: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(File::open(archive).unwrap()).unwrap();
    let contents = (0..archive.len()).map(|index| {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    });
    contents.collect()
}

#[cfg(unix)]
#[test]
fn only_a_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let selection = files(folder.path(), &[("a", b"a".to_vec())]);
    let device = folder.path().join("device");
    std::os::unix::fs::symlink("/dev/null", &device).unwrap();
    for (to, why) in [(folder.path(), "is a folder"), (device.as_path(), "is no file")] {
        let message = write(&selection, to).unwrap_err().message;
        assert_eq!(
            message,
            format!("cannot write the archive to `{}`: it {why}", to.display())
        );
    }
    assert!(device.is_symlink());
    let to = folder.path().join("out.zip");
    fs::write(&to, "of before").unwrap();
    write(&selection, &to).unwrap();
}

#[test]
fn the_number_of_threads_does_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let mut contents: Vec<(String, Vec<u8>)> = (0..900_usize)
        .map(|index| {
            let text = format!("{index} ").repeat(index % 97 * 20);
            (format!("{index:04}.txt"), text.into_bytes())
        })
        .collect();
    let whole = usize::try_from(WHOLE).unwrap();
    let mut large = noise(whole + whole / 2 + 1);
    large[1_000_000..5_000_000].fill(b' ');
    contents.insert(400, ("0400-large".into(), large));
    contents.insert(401, ("0400-whole".into(), vec![b'a'; whole]));
    let named: Vec<(&str, Vec<u8>)> = contents
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone()))
        .collect();
    let selection = files(folder.path(), &named);
    let archives: Vec<_> = [1, 2, 3, 16]
        .map(|threads| {
            let to = folder.path().join(format!("{threads}.zip"));
            let packed = pack_with(&selection, &to, Store::none(), threads);
            packed.ok().unwrap().finish().unwrap().0
        })
        .into();
    let bytes = fs::read(&archives[0].path).unwrap();
    for archive in &archives {
        assert_eq!(archive.entries, archives[0].entries);
        assert!(fs::read(&archive.path).unwrap() == bytes);
        assert_eq!(archive.digest, CodeDigest::from_sha256(&Sha256::digest(&bytes)));
    }
    assert!(read(&archives[0].path) == contents);
}

#[test]
fn what_does_not_shrink_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let contents = [
        ("empty", Vec::new()),
        ("noise", noise(5000)),
        ("text", vec![b'a'; 5000]),
    ];
    let selection = files(folder.path(), &contents);
    let artifact = write(&selection, &folder.path().join("out.zip")).unwrap();
    let sizes: Vec<_> = artifact
        .entries
        .iter()
        .map(|entry| (entry.size, entry.compressed))
        .collect();
    assert_eq!(sizes[..2], [(0, 0), (5000, 5000)]);
    assert!(sizes[2].1 < 100, "{sizes:?}");
    assert_eq!(artifact.unzipped, 10_000);
    let mut archive = zip::ZipArchive::new(File::open(&artifact.path).unwrap()).unwrap();
    let methods = [0, 1, 2].map(|index| archive.by_index(index).unwrap().compression());
    let (stored, deflated) = (zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated);
    assert_eq!(methods, [stored, stored, deflated]);
}

#[test]
fn more_files_than_an_old_archive_can_count() {
    let folder = tempfile::tempdir().unwrap();
    let one = files(folder.path(), &[("a", b"a".to_vec())]).files.remove(0);
    for count in [65_534, 65_535, 70_000] {
        let named = (0..count).map(|index| SelectedFile {
            name: format!("{index:05}"),
            ..one.clone()
        });
        let selection = Selection {
            files: named.collect(),
            ..Selection::default()
        };
        let artifact = write(&selection, &folder.path().join("out.zip")).unwrap();
        let bytes = fs::read(&artifact.path).unwrap();
        let zip64 = bytes.windows(4).any(|window| window == b"PK\x06\x06");
        assert_eq!(zip64, count >= 65_535);
        let archive = zip::ZipArchive::new(File::open(&artifact.path).unwrap()).unwrap();
        assert_eq!(archive.len(), count);
    }
}

#[test]
fn what_no_archive_can_hold_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut selection = files(folder.path(), &[("huge", Vec::new())]);
    // Sparse: it takes no room on the disk.
    let huge = File::options().write(true).open(&selection.files[0].path).unwrap();
    huge.set_len(5 << 30).unwrap();
    selection.files[0].size = 5 << 30;
    let problem = write(&selection, &folder.path().join("out.zip")).unwrap_err();
    assert_eq!(
        problem.message,
        "the files take 5120 MB, more than an archive for Lambda can hold"
    );
    selection.files[0].name = "n".repeat(70_000);
    let problem = write(&selection, &folder.path().join("out.zip")).unwrap_err();
    assert!(problem.message.ends_with("does not fit into an archive"), "{problem}");
}

#[test]
fn everything_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..200).map(|index| format!("{index:03}")).collect();
    let contents: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (name.as_str(), vec![1])).collect();
    let selection = files(folder.path(), &contents);
    for name in ["007", "150"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    let problems = pack(&selection, &folder.path().join("out.zip"), Store::none())
        .err()
        .unwrap();
    let told: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "`007` vanished while it was being packaged",
            "`150` vanished while it was being packaged"
        ]
    );
}
