namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>One of the two programs, and what it calls its files.</summary>
internal sealed record Contender(string Name, string Program, string Extension)
{
    /// <summary>The original, under the name that Debian's python3-twisted gives it.</summary>
    public static readonly Contender Twistd = new("twistd", "twistd3", "tac");

    public static readonly Contender Tachost = new("tachost", Running.Program.Tachost, "csx");

    public string PidFile => $"{Name}.pid";

    public string Log => $"{Name}.log";

    public string Tac => $"deployment.{Extension}";
}
