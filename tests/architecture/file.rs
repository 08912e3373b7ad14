//! One source file: which modules it names, and what stands in it that has its home elsewhere.

use crate::tokens::{Token, tokens};
use crate::{ARROWS, HOMES, Sign};

/// A source file without its test modules.
pub struct File<'a> {
    path: &'a str,
    /// `["domain", "names"]` for `src/domain/names.rs`.
    pub module: Vec<String>,
    /// The tokens, each with the module that it stands in.
    tokens: Vec<(Token<'a>, Vec<String>)>,
    /// The modules that `#[cfg(test)] mod …;` declares here.
    pub test_files: Vec<Vec<String>>,
}

impl<'a> File<'a> {
    /// Reads what the checks look at.
    pub fn read(path: &'a str, source: &'a str) -> Self {
        let stem = path
            .trim_start_matches("src/")
            .trim_end_matches(".rs")
            .trim_end_matches("/mod");
        let module: Vec<String> = stem.split('/').map(str::to_owned).collect();
        let mut file = Self {
            path,
            module: module.clone(),
            tokens: Vec::new(),
            test_files: Vec::new(),
        };
        let tokens = tokens(source);
        // The inline modules that are open: how many braces were open around each, and whether it is for tests.
        let mut open: Vec<(usize, bool)> = Vec::new();
        let mut here = module;
        let mut braces = 0_usize;
        for (at, token) in tokens.iter().enumerate() {
            let before = |count: usize| &tokens[at.saturating_sub(count)..at];
            match token.text {
                "{" => {
                    if let [keyword, name] = before(2)
                        && keyword.text == "mod"
                    {
                        here.push(name.text.to_owned());
                        open.push((braces, is_for_tests(&tokens[..at - 2])));
                    }
                    braces += 1;
                }
                "}" => {
                    braces = braces.saturating_sub(1);
                    if open.pop_if(|(outer, _)| *outer == braces).is_some() {
                        here.pop();
                    }
                }
                ";" => {
                    if let [keyword, name] = before(2)
                        && keyword.text == "mod"
                        && is_for_tests(&tokens[..at - 2])
                    {
                        let mut declared = here.clone();
                        declared.push(name.text.to_owned());
                        file.test_files.push(declared);
                    }
                }
                _ => {}
            }
            if !open.iter().any(|(_, for_tests)| *for_tests) {
                file.tokens.push((*token, here.clone()));
            }
        }
        file
    }

    /// The first segment of the module: the name in the table.
    fn layer(&self) -> &str {
        &self.module[0]
    }

    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |(token, _)| token.text)
    }

    fn place(&self, at: usize) -> String {
        let line = self.tokens.get(at).map_or(1, |(token, _)| token.line);
        format!("{}:{line}", self.path)
    }

    /// Names of modules that this file's module may not name.
    pub fn arrows(&self) -> Vec<String> {
        let layer = self.layer();
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == layer) else {
            return vec![format!(
                "{}: `{layer}` has no row in the table of arrows",
                self.place(0)
            )];
        };
        let mut found = Vec::new();
        for at in 0..self.tokens.len() {
            if self.text(at) == "crate" && self.text(at + 1) == "as" {
                found.push(format!(
                    "{}: `{layer}` renames the crate, which hides its arrows",
                    self.place(at)
                ));
            }
            for target in self.targets(at) {
                if target != layer && !allowed.contains(&target) {
                    found.push(format!(
                        "{}: `{layer}` names `{target}`, which is not below it",
                        self.place(at)
                    ));
                }
            }
        }
        found
    }

    /// The top modules of the paths that begin here with `crate`, `super` or, in `main.rs`, `lfn`.
    fn targets(&self, at: usize) -> Vec<&'a str> {
        let begins = at == 0 || self.text(at - 1) != "::";
        let (mut next, depth) = match self.text(at) {
            "crate" => (at + 1, 0),
            "lfn" if self.layer() == "main" => (at + 1, 0),
            "super" if begins => {
                let mut ups = 1;
                while self.text(at + 2 * ups - 1) == "::" && self.text(at + 2 * ups) == "super" {
                    ups += 1;
                }
                (at + 2 * ups - 1, self.tokens[at].1.len().saturating_sub(ups))
            }
            _ => return Vec::new(),
        };
        // A path that stays inside a module of ours names no other.
        if depth > 0 || self.text(next) != "::" {
            return Vec::new();
        }
        next += 1;
        if self.text(next) != "{" {
            return ARROWS
                .iter()
                .map(|(name, _)| *name)
                .filter(|name| *name == self.text(next))
                .collect();
        }
        self.group(next)
            .into_iter()
            .filter(|name| ARROWS.iter().any(|(known, _)| known == name))
            .collect()
    }

    /// The first words of the paths in the braces that open here.
    fn group(&self, open: usize) -> Vec<&'a str> {
        let mut names = Vec::new();
        let mut depth = 0;
        for at in open..self.tokens.len() {
            match self.text(at) {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if depth == 1 && matches!(self.text(at), "{" | ",") {
                names.push(self.text(at + 1));
            }
        }
        names
    }

    /// Things that stand outside their home.
    pub fn strays(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (sign, homes, why) in HOMES {
            if homes.iter().any(|home| self.path.starts_with(home)) {
                continue;
            }
            for at in 0..self.tokens.len() {
                if let Some(what) = self.shows(*sign, at) {
                    let homes = homes.join(" and ");
                    found.push(format!("{}: {what} belongs in {homes}: {why}", self.place(at)));
                }
            }
        }
        found
    }

    fn shows(&self, sign: Sign, at: usize) -> Option<String> {
        let text = self.text(at);
        let (before, after) = (if at == 0 { "" } else { self.text(at - 1) }, self.text(at + 1));
        match sign {
            Sign::Crate(name) => {
                // `::serde_yaml` is the crate too; `x::serde_yaml` is something else.
                let inner = before == "::" && at > 1 && self.text(at - 2).starts_with(char::is_alphanumeric);
                let names_crate = after == "::" || before == "use" || before == "crate";
                (text.starts_with(name) && names_crate && !inner).then(|| format!("`{text}`"))
            }
            Sign::Environment => {
                let functions = ["var", "var_os", "vars", "vars_os", "set_var", "remove_var"];
                if text != "env" || after != "::" {
                    return None;
                }
                let named = match self.text(at + 2) {
                    "{" => self.group(at + 2),
                    name => vec![name],
                };
                let function = named.into_iter().find(|name| functions.contains(name))?;
                Some(format!("`env::{function}`"))
            }
            Sign::Print => {
                let prints = after == "!" && ["print", "println", "eprint", "eprintln"].contains(&text);
                prints.then(|| format!("`{text}!`"))
            }
        }
    }
}

/// Whether the attributes right before a `mod` hold `cfg(test)`.
fn is_for_tests(before: &[Token<'_>]) -> bool {
    let words: Vec<&str> = before.iter().rev().take(40).map(|token| token.text).collect();
    let item = words
        .iter()
        .position(|word| matches!(*word, ";" | "{" | "}"))
        .unwrap_or(words.len());
    words[..item]
        .windows(4)
        .any(|window| window == [")", "test", "(", "cfg"])
}
