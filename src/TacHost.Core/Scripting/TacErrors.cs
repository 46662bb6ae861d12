namespace TacHost.Scripting;

/// <summary>The errors for the global variable that the host looks up, each with an example.</summary>
internal static class TacErrors
{
    public static TacHostException NoApplication(string source) => New($"'{source}' has no global variable named 'application'.");

    public static TacHostException NullApplication(string source) => New($"'application' in '{source}' is null.");

    public static TacHostException WrongType(string source, Type type) => New($"'application' in '{source}' is a {type.FullName}, but must be an Application or another IService.");

    private static TacHostException New(string message) => new(ExitCode.BadTac, $$"""
        {{message}} End the file with something like:
            var application = new Application("name");
            topService.SetServiceParent(application);
        """);
}
