namespace TacHost.Services.Plugins;

/// <summary>An options class with something to check, or to fill in, that depends on several options.</summary>
public interface IPostOptions
{
    /// <summary>Called once all options have been read, and those of a sub-command first. Opens nothing. Ported from <c>twisted.python.usage.Options.postOptions</c>.</summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    void PostOptions();
}
