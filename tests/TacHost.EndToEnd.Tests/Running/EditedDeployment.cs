using System.Text.RegularExpressions;

namespace TacHost.EndToEnd.Tests.Running;

/// <summary>A tac file of the project with some of the values at its top changed, as an operator would edit it: ports that are free on any machine, say.</summary>
internal static class EditedDeployment
{
    /// <summary>Writes it into a sandbox, where the poems are found too.</summary>
    /// <param name="sandbox">Where to.</param>
    /// <param name="name">The name of the tac file, without its extension.</param>
    /// <param name="values">Variables of the file, and what they are to be, as C#.</param>
    /// <returns>The name of the file there.</returns>
    public static string Write(Sandbox sandbox, string name, params (string Variable, string Value)[] values)
    {
        if (!Directory.Exists(sandbox.PathOf("poetry")))
            Directory.CreateSymbolicLink(sandbox.PathOf("poetry"), Path.Combine(Program.Root, "poetry"));
        var text = File.ReadAllText(Path.Combine(Program.Root, "deployments", $"{name}.csx"));
        foreach (var (variable, value) in values)
        {
            Regex declaration = new($"^var {variable} = .*;", RegexOptions.Multiline);
            Assert.Single(declaration.Matches(text));
            text = declaration.Replace(text, $"var {variable} = {value};");
        }

        return sandbox.Write($"{name}.csx", text);
    }

    /// <summary>The port on which something serves, as the log tells.</summary>
    public static string PortOf(Sandbox sandbox, string factory) => Regex.Match(sandbox.Log, $@"{factory} starting on 127\.0\.0\.1:(?<port>\d+)").Groups["port"].Value;

    /// <summary>A poem of the project.</summary>
    public static byte[] Poem(string name) => File.ReadAllBytes(Path.Combine(Program.Root, "poetry", $"{name}.txt"));
}
