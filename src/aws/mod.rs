use crate::domain::names::Region;
use crate::ports::*;
#[derive(Default)]
pub struct ConnectOptions {
    pub profile: Option<String>,
    pub region: Option<Region>,
    pub fallback_region: Option<Region>,
    pub observer: Option<std::sync::Arc<dyn Fn(&str) + Send + Sync>>,
}
pub async fn connect(_: ConnectOptions) -> PortResult<Cloud> {
    todo!()
}
