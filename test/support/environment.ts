// Loaded before every test file: the AWS SDK's notice about Node 20 would stand between the results.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
