//! The request that is judged: an action on a resource.

use super::key::fold;
use super::subject::Subject;
use crate::text::Text;

/// An action on a resource. The context comes apart from it.
#[derive(Clone, Debug)]
pub struct Request {
    action: Subject,
    resource: Subject,
}

impl Request {
    /// A request for `action` (`mq:RebootBroker`) on `resource`: an ARN, or `*` for an action without resource
    /// types, which is then matched as text.
    pub fn new(action: &str, resource: Text) -> Self {
        // The case of an action does not matter; in lower case it need not be looked at again.
        let action: String = action.chars().map(fold).collect();
        Self { action: Subject::new(Text::known(action)), resource: Subject::new(resource) }
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
