//! What every target must do behind the ports, in one suite: AWS's own behaviour, proved on the
//! AWS adapter with MiniStack and LocalEmu on loopback, and on the embedded target.
//!
//! What a target is known to do otherwise stands in `quirks`, by name. A quirk that is gone fails
//! the suite too, so the table stays true.

mod functions;
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "the suite runs one command; what is missing ends the test"
)]
#[path = "../support/in_process.rs"]
mod in_process;
mod layers;
mod permissions;
mod quirks;
mod releases;
mod roles;
mod services;
mod subject;
#[path = "../support/mod.rs"]
mod support;

use subject::Subject;

macro_rules! suite {
    ($target:ident: $($part:ident::$name:ident),+ $(,)?) => {
        mod $target {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    $part::$name(&Subject::$target().await).await;
                }
            )+
        }
    };
}

macro_rules! suites {
    ($($target:ident),+) => {
        $(suite!($target:
            functions::a_function_lives_and_dies,
            functions::the_deployed_files_are_known,
            functions::settings_round_trip,
            functions::refusals_have_their_kinds,
            functions::a_function_is_invoked,
            functions::code_comes_from_a_bucket,
            layers::layers_are_numbered_and_keep_their_digest,
            layers::a_function_finds_what_is_in_its_layers,
            releases::versions_are_published_once,
            releases::aliases_move_under_their_revision,
            releases::traffic_is_kept_per_alias,
            permissions::callers_are_kept_per_alias,
            permissions::every_kind_of_caller_is_kept_as_it_was_given,
            roles::a_role_lives_and_dies,
            roles::policies_are_what_was_written,
            roles::a_live_role_is_checked,
            roles::what_a_role_called_is_remembered,
            services::the_caller_has_a_place,
            services::log_groups_keep_retention_and_tags,
            services::archives_arrive_whole,
            services::a_half_made_bucket_is_finished,
            services::a_dropped_upload_leaves_nothing,
            services::parameters_are_decrypted,
            services::alarms_and_traffic_are_told,
        );)+
    };
}

suites!(ministack, localemu, embedded);
