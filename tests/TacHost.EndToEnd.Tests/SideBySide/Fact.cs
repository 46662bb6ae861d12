namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>One thing to be seen from outside, as it is with either program, and the difference that accounts for it if they are not the same.</summary>
/// <param name="Name">What is looked at.</param>
/// <param name="Twistd">What is seen of twistd.</param>
/// <param name="Tachost">What is seen of tachost.</param>
/// <param name="Difference">The id of a row of docs/differences-from-twistd.md, or null if both are the same.</param>
internal sealed record Fact(string Name, string Twistd, string Tachost, string? Difference)
{
    public static Fact Both(string name, string value) => new(name, value, value, null);

    public static Fact Differ(string name, string twistd, string tachost, string difference) => new(name, twistd, tachost, difference);
}
