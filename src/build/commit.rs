//! Which commit the working tree is at, for the ledger of releases.

use std::path::Path;

use super::tool::Tools;

/// How much of a commit's name is kept; it stays unique in all but the largest repositories.
const LENGTH: &str = "--short=12";

/// The commit a folder's tree is at, with `-dirty` behind it when files of the folder differ from it.
/// `None` where there is no git, no repository or no commit: a release does not need one.
pub async fn commit(folder: &Path, tools: &Tools) -> Option<String> {
    let git = tools.find("git")?;
    let head = git.attempt(folder, ["rev-parse", LENGTH, "HEAD"], []);
    // `--no-optional-locks`: looking must not get in the way of the person's own git.
    let status = [
        "--no-optional-locks",
        "status",
        "--porcelain",
        "--untracked-files=normal",
        "--",
        ".",
    ];
    let status = git.attempt(folder, status, []);
    let (head, status) = tokio::join!(head, status);
    let (head, status) = (head.ok()?.ok()?, status.ok()?.ok()?);
    let head = head.trim();
    (!head.is_empty()).then(|| {
        if status.trim().is_empty() {
            head.to_owned()
        } else {
            format!("{head}-dirty")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn git(folder: &Path, arguments: &[&str]) {
        let git = Tools::new("/usr/bin:/bin").find("git").expect("git is installed");
        let who = [
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@b"),
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@b"),
        ];
        git.run(folder, arguments, who.map(|(name, value)| (name, value.to_owned())))
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn the_commit_is_told_and_whether_the_folder_differs_from_it() {
        let dir = tempfile::tempdir().unwrap();
        let tools = Tools::new("/usr/bin:/bin");
        assert_eq!(commit(dir.path(), &tools).await, None, "no repository");
        git(dir.path(), &["init", "--quiet"]).await;
        assert_eq!(commit(dir.path(), &tools).await, None, "no commit");
        std::fs::write(dir.path().join("app.py"), "x = 1").unwrap();
        git(dir.path(), &["add", "."]).await;
        git(dir.path(), &["commit", "--quiet", "--message", "one"]).await;
        let clean = commit(dir.path(), &tools).await.unwrap();
        assert!(
            clean.len() == 12 && clean.chars().all(|c| c.is_ascii_hexdigit()),
            "{clean}"
        );
        std::fs::write(dir.path().join("app.py"), "x = 2").unwrap();
        assert_eq!(commit(dir.path(), &tools).await, Some(format!("{clean}-dirty")));
        assert_eq!(commit(dir.path(), &Tools::new("/nowhere")).await, None, "no git");
    }
}
