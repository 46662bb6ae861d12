using TacHost.Scripting;

namespace TacHost.Tests.Scripting;

public sealed class DirectiveScanTests
{
    [Theory]
    [InlineData("#r \"a.dll\"", "r:a.dll")]
    [InlineData("  \t#r\"a.dll\"", "r:a.dll")]
    [InlineData("\uFEFF#r \"a.dll\"\n#load \"b.csx\"\r\n# r \"c\"", "r:a.dll load:b.csx r:c")]
    [InlineData("var a = 1;\u2028#load \"b.csx\"\u0085#r \"c\"", "load:b.csx r:c")]
    [InlineData("old mac\r#r \"a\"", "r:a")]
    [InlineData("#i \"nuget: x\"\n#if \"a\"", "i:nuget: x")]
    [InlineData("#r \"\"", "r:")]
    [InlineData("/*\n#r \"in a comment\"\n*/", "r:in a comment")]
    [InlineData("var x = \"#r \\\"a\\\"\";", "")]
    [InlineData("code #r \"a\"", "")]
    [InlineData("#region \"a\"", "")]
    [InlineData("#reload \"a\"", "")]
    [InlineData("#r a.dll", "")]
    [InlineData("#r \"a\n.dll\"", "")]
    [InlineData("#r \"a", "")]
    [InlineData("#", "")]
    [InlineData("", "")]
    public void Of_Text_FindsWhatBeginsALine(string text, string found) =>
        Assert.Equal(found, string.Join(' ', DirectiveScan.Of(text).Select(directive => $"{directive.Keyword}:{directive.Name}")));
}
