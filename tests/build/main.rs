//! Building: what the tools of each language are told, and where what they make ends up in the archive.

mod compiled;
