//! Services that work with a role which is passed to them, and the calls with which somebody who may pass it makes the
//! service do as it pleases.
//!
//! Sources: Service Authorization Reference (actions with the dependent action `iam:PassRole`, and their resource
//! types), 2026; Spencer Gietzen, "AWS IAM Privilege Escalation – Methods and Mitigation" (Rhino Security Labs), and
//! the edges of `PMapper` (NCC Group) for which of them give the caller the role's power. Calls that change what is
//! there already (`lambda:UpdateFunctionCode`) need no passing and are not among them: plans do not show which role a
//! function has once it is not managed.

/// A call that has to be allowed, on one resource at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The action.
    pub action: &'static str,
    /// The resources that it is authorized on, all of them: what follows `arn:PARTITION:SERVICE:` with `{region}`,
    /// `{account}` and `{name}`, where the name is the caller's to choose. None: the text `*`.
    pub resources: &'static [&'static str],
}

/// A way to use a role through a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassedRole {
    /// The service, as trust policies and `iam:PassedToService` name it.
    pub service: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// The calls, besides `iam:PassRole`.
    pub calls: &'static [Needed],
    /// Whether the role is passed inside an instance profile.
    pub in_instance_profile: bool,
}

const fn on(action: &'static str, resources: &'static [&'static str]) -> Needed {
    Needed { action, resources }
}

const fn through(service: &'static str, name: &'static str, calls: &'static [Needed]) -> PassedRole {
    PassedRole { service, name, calls, in_instance_profile: false }
}

/// The ways, by service.
pub const PASSED_ROLES: &[PassedRole] = &[
    through(
        "cloudformation.amazonaws.com",
        "CloudFormation",
        &[on("cloudformation:CreateStack", &["{region}:{account}:stack/{name}/x"])],
    ),
    through(
        "codebuild.amazonaws.com",
        "CodeBuild",
        &[
            on("codebuild:CreateProject", &["{region}:{account}:project/{name}"]),
            on("codebuild:StartBuild", &["{region}:{account}:project/{name}"]),
        ],
    ),
    PassedRole {
        service: "ec2.amazonaws.com",
        name: "EC2",
        calls: &[on(
            "ec2:RunInstances",
            &[
                "{region}:{account}:instance/{name}",
                "{region}::image/{name}",
                "{region}:{account}:network-interface/{name}",
                "{region}:{account}:security-group/{name}",
                "{region}:{account}:subnet/{name}",
                "{region}:{account}:volume/{name}",
            ],
        )],
        in_instance_profile: true,
    },
    through(
        "ecs-tasks.amazonaws.com",
        "ECS",
        &[
            on("ecs:RegisterTaskDefinition", &[]),
            on("ecs:RunTask", &["{region}:{account}:task-definition/{name}:1"]),
        ],
    ),
    through(
        "glue.amazonaws.com",
        "Glue",
        &[
            on("glue:CreateJob", &["{region}:{account}:job/{name}"]),
            on("glue:StartJobRun", &["{region}:{account}:job/{name}"]),
        ],
    ),
    through(
        "lambda.amazonaws.com",
        "Lambda",
        &[
            on("lambda:CreateFunction", &["{region}:{account}:function:{name}"]),
            on("lambda:InvokeFunction", &["{region}:{account}:function:{name}"]),
        ],
    ),
    through(
        "sagemaker.amazonaws.com",
        "SageMaker",
        &[on("sagemaker:CreateProcessingJob", &["{region}:{account}:processing-job/{name}"])],
    ),
    through(
        "scheduler.amazonaws.com",
        "EventBridge Scheduler",
        &[on("scheduler:CreateSchedule", &["{region}:{account}:schedule/default/{name}"])],
    ),
    through(
        "ssm.amazonaws.com",
        "Systems Manager",
        &[
            on("ssm:CreateDocument", &["{region}:{account}:document/{name}"]),
            on("ssm:StartAutomationExecution", &["{region}:{account}:automation-definition/{name}:1"]),
        ],
    ),
    through(
        "states.amazonaws.com",
        "Step Functions",
        &[
            on("states:CreateStateMachine", &["{region}:{account}:stateMachine:{name}"]),
            on("states:StartExecution", &["{region}:{account}:stateMachine:{name}"]),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::PASSED_ROLES;

    #[test]
    fn services_are_sorted_and_every_way_has_calls() {
        assert!(PASSED_ROLES.is_sorted_by_key(|way| way.service));
        for way in PASSED_ROLES {
            assert!(way.service.ends_with(".amazonaws.com") && !way.calls.is_empty());
            for call in way.calls {
                assert!(call.action.contains(':'));
                assert!(call.resources.iter().all(|form| form.contains("{name}")), "{}", call.action);
            }
        }
    }
}
