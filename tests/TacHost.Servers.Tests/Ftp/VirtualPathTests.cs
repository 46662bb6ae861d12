using CsCheck;
using TacHost.Ftp.Files;

namespace TacHost.Servers.Tests.Ftp;

public sealed class VirtualPathTests
{
    private static readonly string[] _parts = ["..", ".", "", "/", "a", "\\", "%2e%2e", "．．"];

    [Theory]
    [InlineData("/", "", "/")]
    [InlineData("/", "a", "/a")]
    [InlineData("/a/b", "c/d", "/a/b/c/d")]
    [InlineData("/a/b", "/c", "/c")]
    [InlineData("/a/b", "..", "/a")]
    [InlineData("/a/b", "../../../../etc/passwd", "/etc/passwd")]
    [InlineData("/a", "../../x", "/x")]
    [InlineData("/", "..", "/")]
    [InlineData("/a", ".//./b///", "/a/b")]
    [InlineData("/a", "b/../c", "/a/c")]
    [InlineData("/", "...", "/...")]
    [InlineData("/", "..\\..\\x", "/..\\..\\x")]
    [InlineData("/", " ", "/ ")]
    public void Resolve_Text_IsAbsoluteAndBelowTheRoot(string from, string text, string expected) =>
        Assert.Equal(expected, VirtualPath.Root.Resolve(from).Resolve(text).ToString());

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\rb")]
    [InlineData("a\u007f")]
    [InlineData("a\u0085")]
    public void Resolve_ControlCharacter_Throws(string text) => Assert.Throws<FormatException>(() => VirtualPath.Root.Resolve(text));

    [Fact]
    public void Resolve_AnyText_LeavesNothingForTheKernelToClimb() =>
        Gen.OneOf(Gen.Const(".."), Gen.Int[0, _parts.Length - 1].Select(i => _parts[i]), Gen.String[Gen.Char.Where(each => !char.IsControl(each)), 0, 4]).Array[0, 12].Sample(parts =>
        {
            var path = VirtualPath.Root.Resolve("a").Resolve(string.Join('/', parts));
            return path.Names.All(name => name is not ("" or "." or "..") && !name.Contains('/')) && !path.Relative.StartsWith('/') && path.ToString().StartsWith('/');
        });
}
