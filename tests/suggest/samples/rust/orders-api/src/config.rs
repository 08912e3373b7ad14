pub struct Config {
    pub table: String,
    pub state_machine: String,
}

impl Config {
    pub fn load() -> Self {
        Self {
            table: variable("TABLE").unwrap_or_else(|| "orders-dev".to_owned()),
            state_machine: variable("STATE_MACHINE").expect("STATE_MACHINE must be set"),
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
