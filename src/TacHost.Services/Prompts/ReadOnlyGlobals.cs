namespace TacHost.Services.Prompts;

/// <summary>The members for a prompt that only looks at the application.</summary>
#pragma warning disable IDE1006, SA1300 // the names that lines use
public sealed class ReadOnlyGlobals : PromptGlobals
{
    private readonly Func<Application?> _application;

    internal ReadOnlyGlobals(Func<Application?> application, int longestOutput)
        : base(longestOutput) => _application = application;

    /// <summary>Gets a view of the application that runs in this process.</summary>
    public ServiceView? application => _application() is { } running ? new ServiceView(running) : null;
}
