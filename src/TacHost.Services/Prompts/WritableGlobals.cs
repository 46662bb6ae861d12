namespace TacHost.Services.Prompts;

/// <summary>The members for a prompt that can change the application.</summary>
#pragma warning disable IDE1006, SA1300 // the names that lines use
public sealed class WritableGlobals : PromptGlobals
{
    private readonly Func<Application?> _application;

    internal WritableGlobals(Func<Application?> application, int longestOutput)
        : base(longestOutput) => _application = application;

    /// <summary>Gets the application that runs in this process.</summary>
    public Application? application => _application();
}
