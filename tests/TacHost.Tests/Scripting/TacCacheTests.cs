using TacHost.Scripting;

namespace TacHost.Tests.Scripting;

public sealed class TacCacheTests
{
    /// <summary>Another process may read an entry at any time.</summary>
    [Fact]
    public void Store_EntryThatIsBeingRead_LeavesTheReaderTheOldOneWhole()
    {
        using TemporaryDirectory directory = new();
        var cache = TacCache.At(directory.Path);
        cache.Store("key", new CompiledTac("first", [], [], []));
        using var reader = File.OpenRead(Assert.Single(Directory.GetFiles(directory.Path)));
        cache.Store("key", new CompiledTac("second", [], [], []));
        var read = new byte[reader.Length];
        reader.ReadExactly(read);

        Assert.Equal("first", CompiledTac.FromBytes(read)?.Source);
        Assert.Equal("second", cache.Find("key")?.Source);
        Assert.Null(cache.Notice);
        Assert.Single(Directory.GetFiles(directory.Path));
    }
}
