using TacHost.Services;

namespace FastPoetry.Services.Tests;

public sealed class PoetryServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("One\r\nTwo\n")]
    [InlineData("\ufeffΜῆνιν ἄειδε\n")]
    public async Task StartAsync_PoemInItsFile_IsHeldByteForByte(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        using var file = new TemporaryFile(bytes);
        var service = new PoetryService(file.Path);
        await service.StartAsync(Token);
        Assert.Equal(bytes, service.Poem.ToArray());
        await service.StopAsync(Token);
    }

    [Fact]
    public async Task ChangedFiles_PoemIsEdited_AreThatFileUntilTheNextStart()
    {
        using var file = new TemporaryFile("old"u8.ToArray());
        var other = file.Path + ".other";
        await File.WriteAllTextAsync(other, "other", Token);
        var service = new PoetryService(file.Path, other);
        Assert.Empty(service.ChangedFiles);
        await service.StartAsync(Token);
        Assert.Empty(service.ChangedFiles);
        await File.WriteAllTextAsync(file.Path, "newer", Token);
        Assert.Equal([file.Path], service.ChangedFiles);
        await service.StopAsync(Token);
        await service.StartAsync(Token);
        Assert.Empty(service.ChangedFiles);
        File.Delete(other);
        Assert.Equal([other], service.ChangedFiles);
        await service.StopAsync(Token);
    }

    [Fact]
    public async Task StartAsync_AgainAfterAChange_LoadsTheNewPoem()
    {
        using var file = new TemporaryFile("old"u8.ToArray());
        var service = new PoetryService(file.Path);
        await service.StartAsync(Token);
        await File.WriteAllTextAsync(file.Path, "new", Token);
        Assert.Equal("old"u8.ToArray(), service.Poem.ToArray());
        await service.StopAsync(Token);
        await service.StartAsync(Token);
        Assert.Equal("new"u8.ToArray(), service.Poem.ToArray());
    }

    [Fact]
    public async Task Poem_NotStarted_SaysWhichServiceToStart()
    {
        using var file = new TemporaryFile("poem"u8.ToArray());
        var service = new PoetryService(file.Path);
        service.SetServiceParent(new Application("top"));
        var failure = Assert.Throws<InvalidOperationException>(() => service.Poem);
        Assert.Equal($"The poem '{file.Path}' is not available before the service 'top/PoetryService' is started.", failure.Message);

        await service.StartAsync(Token);
        await service.StopAsync(Token);
        Assert.Throws<InvalidOperationException>(() => service.Poem);
    }

    [Fact]
    public void Constructor_NoSuchFile_TouchesNothing() => Assert.Equal(ServiceState.Stopped, new PoetryService("/no/such/poem").State);

    [Fact]
    public async Task StartAsync_NoSuchFile_SaysWhereItLooked()
    {
        var service = new PoetryService("no-such-poem.txt");
        var failure = await Assert.ThrowsAsync<IOException>(() => service.StartAsync(Token));
        Assert.StartsWith("The poem 'no-such-poem.txt' cannot be read: there is no such file.", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"Looked for '{Path.GetFullPath("no-such-poem.txt")}'", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ServiceState.Failed, service.State);
    }

    [Fact]
    public async Task StartAsync_Directory_SaysSo()
    {
        var service = new PoetryService(Path.GetTempPath());
        var failure = await Assert.ThrowsAsync<IOException>(() => service.StartAsync(Token));
        Assert.EndsWith("cannot be read: it is a directory.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_Cancelled_HoldsNothing()
    {
        using var file = new TemporaryFile("poem"u8.ToArray());
        var service = new PoetryService(file.Path);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.StartAsync(new CancellationToken(canceled: true)));
        Assert.Throws<InvalidOperationException>(() => service.Poem);
    }

    [Fact]
    public async Task Find_SeveralPoems_KnowsThemByTheNamesOfTheirFiles()
    {
        using var first = new TemporaryFile("one"u8.ToArray());
        var second = Path.Combine(Path.GetDirectoryName(first.Path)!, "second.poem.txt");
        await File.WriteAllTextAsync(second, "two", Token);
        var service = new PoetryService(first.Path, second);
        await service.StartAsync(Token);
        Assert.Equal(["poem", "second.poem"], service.Poems.Select(poem => poem.Name));
        Assert.Equal("one"u8.ToArray(), service.Poem.ToArray());
        Assert.Equal("two"u8.ToArray(), service.Find("second.poem")!.Text.ToArray());
        Assert.Null(service.Find("Poem"));
        Assert.NotEqual(service.Poems[0].Edition, service.Poems[1].Edition);
        Assert.Matches("^[0-9a-f]{32}$", service.Poems[0].Edition);
    }

    [Fact]
    public void Constructor_TwoPoemsOfOneName_IsRefused()
    {
        var failure = Assert.Throws<ArgumentException>(() => new PoetryService("a/poem.txt", "other.txt", "b/poem.md"));
        Assert.StartsWith("The poems 'a/poem.txt' and 'b/poem.md' have the same name, 'poem'.", failure.Message, StringComparison.Ordinal);
    }
}
