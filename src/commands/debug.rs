//! `--debug`: the function's code under a debugger, and how to attach to it.

use std::path::{Component, PathBuf};

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::ctx::Ctx;
use crate::domain::fingerprint::hex;
use crate::error::Problem;
use crate::runner::{Debugger, Debugging};
use crate::ui::style;

/// What `--debug` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DebugPort {
    Off,
    /// The one that clients of the debugger try by themselves.
    Usual,
    /// 0 is any that is free.
    Number(u16),
}

/// What may stand behind `--debug` and in `LFN_DEBUG`.
pub fn port(text: &str) -> Result<DebugPort, String> {
    match text.to_ascii_lowercase().as_str() {
        "" | "false" | "no" | "off" => Ok(DebugPort::Off),
        "true" | "yes" | "on" => Ok(DebugPort::Usual),
        number => match number.parse() {
            Ok(number) => Ok(DebugPort::Number(number)),
            Err(_) => Err("say a port such as `9229`, or nothing for the usual one".into()),
        },
    }
}

/// A debugger for the function of a folder.
pub struct Debug {
    pub debugging: Debugging,
    /// Where the code is unpacked, every time.
    pub code: PathBuf,
    /// The same code in the project, from its folder.
    source: PathBuf,
}

impl Debug {
    /// Finds the debugger of the function's runtime and a port for it; `None` when nobody asks for one.
    pub fn prepare(ctx: &Ctx, asked: Option<DebugPort>) -> anyhow::Result<Option<Self>> {
        let number = match asked {
            None | Some(DebugPort::Off) => return Ok(None),
            Some(DebugPort::Usual) => None,
            Some(DebugPort::Number(number)) => Some(number),
        };
        // Warnings are shown by the build.
        let config = ctx.load(&ctx.read_file()?, None, false)?;
        let doing = || Problem::failed(format!("could not debug `{}`", config.name));
        let Some(debugger) = Debugger::of(&config.runtime) else {
            return Err(doing()
                .hint("Node.js and Python handlers can be debugged; with other runtimes, attach a debugger to the process yourself")
                .caused_by(Problem::failed(format!("lfn knows no debugger for the runtime `{}`", config.runtime)))
                .into());
        };
        let number = number.unwrap_or_else(|| debugger.usual_port());
        let debugging = debugger.listen(number).map_err(|error| {
            doing()
                .hint("choose another port with `--debug PORT`; 0 is any that is free")
                .caused_by(Problem::failed(format!(
                    "could not listen on port {number} of 127.0.0.1: {error}"
                )))
        })?;
        // Functions of one name in two folders do not get into each other's way.
        let folder = ctx.dir().canonicalize().unwrap_or_else(|_| ctx.dir().to_path_buf());
        let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        let name = format!("{}-{}", config.name, hex(&digest[..4]));
        let all = ctx.cache().root().join("debug");
        // Debuggers tell files by their real paths.
        let all = std::fs::create_dir_all(&all)
            .and_then(|()| all.canonicalize())
            .map_err(|error| doing().caused_by(error))?;
        let source = config.package.source.components();
        Ok(Some(Self {
            debugging,
            code: all.join(name),
            source: source.filter(|part| *part != Component::CurDir).collect(),
        }))
    }

    /// Says where it listens and how to attach.
    pub fn announce(&self, ctx: &Ctx) {
        let Debugging { debugger, port } = self.debugging;
        let chrome = match debugger {
            Debugger::Inspector => format!("  Chrome   open chrome://inspect and add 127.0.0.1:{port}\n"),
            Debugger::Debugpy => String::new(),
        };
        let launch = serde_json::to_string_pretty(&self.launch()).expect("JSON can be written");
        ctx.ui.status(format_args!(
            "{} on 127.0.0.1:{port}; the function waits for it before its code is loaded\n{chrome}  \
             VS Code  put this into `configurations` of .vscode/launch.json, and press F5\n{}\n\
             One environment, and neither the timeout nor the memory of lambda.yaml limits it meanwhile\n",
            style::added("debugger"),
            indented(&launch),
        ));
    }

    /// The same for programs.
    pub fn event(&self) -> serde_json::Value {
        json!({ "event": "debugging", "port": self.debugging.port, "launch": self.launch() })
    }

    /// The configuration of VS Code.
    fn launch(&self) -> serde_json::Value {
        let port = self.debugging.port;
        let local = PathBuf::from("${workspaceFolder}");
        let local: PathBuf = local.components().chain(self.source.components()).collect();
        match self.debugging.debugger {
            Debugger::Inspector => json!({
                "name": "lfn", "type": "node", "request": "attach", "port": port, "continueOnAttach": true,
                "restart": true, "localRoot": local, "remoteRoot": self.code,
            }),
            Debugger::Debugpy => json!({
                "name": "lfn", "type": "debugpy", "request": "attach", "connect": { "host": "127.0.0.1", "port": port },
                "pathMappings": [{ "localRoot": local, "remoteRoot": self.code }],
            }),
        }
    }
}

fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| format!("    {line}"));
    lines.collect::<Vec<_>>().join("\n")
}
