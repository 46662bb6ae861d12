namespace TacHost.Services.Tests;

public sealed class ServiceTests
{
    [Fact]
    public void SetName_WithSlash_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new MultiService().SetName("a/b"));
}
