//! Single IAM requests without a plan: the offline twin of `aws iam simulate-custom-policy`.
