//! Node.js packages, as far as nothing has to be looked up on disk: what a package.json says, which package
//! manager a project belongs to, what npm's lock file asks for, and how packages lie in `node_modules`.

mod choice;
mod layout;
mod lock;
mod manifest;
mod platform;

pub use choice::{Choice, Flavor, LOCK_FILES, Undecided, choose};
pub use layout::{Endless, Package, Placement, lay_out};
pub use lock::{Lock, Unusable};
pub use manifest::{LocalSpec, Manifest};
pub use platform::Platform;
