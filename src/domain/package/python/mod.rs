//! What a Python project asks for on the function's machine: requirement files and lock files, read without
//! running anything.
//!
//! Markers are answered here for the target, so what is left is a plain list that any installer installs alike.
//! Nothing here touches the disk; what `build::python` finds there is handed in as text.

mod installed;
mod marker;
mod pipfile_lock;
mod poetry_lock;
mod pyproject;
mod requirement;
mod requirements_txt;
mod uv_lock;
mod version;
mod wanted;
mod wheel;

pub use installed::{Installed, needed, recorded, tidy_record};
pub use pipfile_lock::read as read_pipfile_lock;
pub use poetry_lock::read as read_poetry_lock;
pub use pyproject::Pyproject;
pub use requirement::{Requirement, normalized};
pub use requirements_txt::{Line, parse as parse_requirements};
pub use uv_lock::read as read_uv_lock;
pub use version::Version;
pub use wanted::{Item, Missing, Package, Setting, Url, Wanted, redacted};
pub use wheel::Target;
