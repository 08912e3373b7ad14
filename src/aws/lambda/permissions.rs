//! The resource policy of an alias: who else may invoke it.

use super::super::error::found;
use super::{LambdaFunctions, odd, revision};
use crate::domain::names::{AccountId, AliasName, FunctionName};
use crate::domain::policy::PolicyDocument;
use crate::domain::policy::callers::{INVOKE, Permission};
use crate::ports::{PortResult, ResourcePolicy};

impl LambdaFunctions {
    pub(super) async fn read_permissions(
        &self,
        name: &FunctionName,
        alias: &AliasName,
    ) -> PortResult<Option<ResourcePolicy>> {
        let action = "lambda:GetPolicy";
        let resource = format!("{name}:{alias}");
        let call = self
            .client
            .get_policy()
            .function_name(name.as_str())
            .qualifier(alias.as_str());
        // It has a quota of its own, so it takes no turn. Source: Lambda developer guide, "Lambda quotas".
        let answer = call.send().await;
        let answer = found(answer.map_err(|error| self.explain.call(action, &resource, &error)))?;
        let Some(answer) = answer else { return Ok(None) };
        let text = answer
            .policy
            .ok_or_else(|| odd(action, &resource, "the answer has no policy"))?;
        Ok(Some(ResourcePolicy {
            document: PolicyDocument::parse(&text).map_err(|why| odd(action, &resource, why))?,
            revision: answer.revision_id.unwrap_or_default(),
        }))
    }

    pub(super) async fn make_permission(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        permission: &Permission,
        from: Option<&str>,
    ) -> PortResult<()> {
        let invoker = &permission.invoker;
        let call = self
            .client
            .add_permission()
            .function_name(name.as_str())
            .qualifier(alias.as_str())
            .statement_id(&permission.sid)
            .action(INVOKE)
            .principal(&invoker.principal)
            .set_source_arn(invoker.source.clone())
            .set_source_account(invoker.account.as_ref().map(AccountId::to_string))
            .set_principal_org_id(invoker.organization.clone())
            .set_event_source_token(invoker.token.clone())
            .set_revision_id(from.and_then(revision))
            .send();
        let resource = format!("{name}:{alias}");
        self.paced("lambda:AddPermission", resource, call).await.map(drop)
    }

    pub(super) async fn drop_permission(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        sid: &str,
        from: Option<&str>,
    ) -> PortResult<()> {
        let call = self
            .client
            .remove_permission()
            .function_name(name.as_str())
            .qualifier(alias.as_str())
            .statement_id(sid)
            .set_revision_id(from.and_then(revision))
            .send();
        let resource = format!("{name}:{alias}");
        self.paced("lambda:RemovePermission", resource, call).await.map(drop)
    }
}
