//! The request that is judged: an action on a resource.

use super::key::fold;
use super::principal::Requester;
use super::subject::Subject;
use crate::text::Text;

/// An action on a resource. The context comes apart from it.
#[derive(Clone, Debug)]
pub struct Request {
    action: Subject,
    resource: Subject,
    caller: Option<Requester>,
}

impl Request {
    /// A request for `action` (`mq:RebootBroker`) on `resource`: an ARN, or `*` for an action without resource
    /// types, which is then matched as text.
    pub fn new(action: &str, resource: Text) -> Self {
        Self::on(action, Subject::new(resource))
    }

    /// The same, on a resource that is prepared already.
    pub fn on(action: &str, resource: Subject) -> Self {
        // The case of an action does not matter; in lower case it need not be looked at again.
        let action: String = action.chars().map(fold).collect();
        Self { action: Subject::new(Text::known(action)), resource, caller: None }
    }

    /// The same request, made by `caller`: what trust policies look at.
    #[must_use]
    pub fn by(self, caller: Requester) -> Self {
        Self { caller: Some(caller), ..self }
    }

    /// Who makes the request, where that matters.
    pub fn caller(&self) -> Option<&Requester> {
        self.caller.as_ref()
    }

    /// The action, in lower case.
    pub fn action(&self) -> &Subject {
        &self.action
    }

    /// The resource.
    pub fn resource(&self) -> &Subject {
        &self.resource
    }
}
