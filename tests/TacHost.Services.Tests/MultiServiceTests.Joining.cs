namespace TacHost.Services.Tests;

public sealed partial class MultiServiceTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task StartAsync_ChildAddingASibling_StartsItExactlyOnce(bool inPrivilegedPart, bool asynchronously)
    {
        var tree = Tree();
        var sibling = new RecordingService(_journal, "sibling");
        Func<CancellationToken, Task> add = async cancellationToken =>
        {
            if (asynchronously)
            {
                await Task.Yield();
                await sibling.SetServiceParentAsync(tree, cancellationToken);
            }
            else
            {
                sibling.SetServiceParent(tree);
            }
        };
        Add(tree, new RecordingService(_journal, "a") { WhenPrivilegedStarting = inPrivilegedPart ? add : null, WhenStarting = inPrivilegedPart ? null : add });
        Add(tree, new RecordingService(_journal, "b"));

        await tree.PrivilegedStartAsync(Token).Soon();
        await tree.StartAsync(Token).Soon();
        Assert.Equal(1, _journal.CountOf("privileged sibling"));
        Assert.Equal(1, _journal.CountOf("start sibling"));
        Assert.Equal("start sibling", _journal.Entries[^1]);
        Assert.True(sibling.Running);
        await tree.StopAsync(Token);
        Assert.Equal(1, _journal.CountOf("stop sibling"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StartAsync_ChildRemovingItself_StartsTheNextAndStopsTheOneThatLeft(bool inPrivilegedPart)
    {
        var tree = Tree();
        RecordingService? leaver = null;
        Func<CancellationToken, Task> leave = cancellationToken => leaver!.DisownServiceParentAsync(cancellationToken);
        leaver = new RecordingService(_journal, "a") { WhenPrivilegedStarting = inPrivilegedPart ? leave : null, WhenStarting = inPrivilegedPart ? null : leave };
        Add(tree, leaver);
        Add(tree, new RecordingService(_journal, "b"));
        Add(tree, new RecordingService(_journal, "c"));

        await tree.StartAsync(Token).Soon();
        Assert.Null(leaver.Parent);
        Assert.Equal(ServiceState.Stopped, leaver.State);
        Assert.Equal(1, _journal.CountOf("stop a"));
        Assert.Equal(1, _journal.CountOf("start b"));
        Assert.Equal(1, _journal.CountOf("start c"));
        Assert.Equal(2, tree.Count());
    }

    [Fact]
    public async Task AddServiceAsync_ChildRemovingItselfInItsStart_StopsIt()
    {
        var tree = Tree();
        await tree.StartAsync(Token);
        RecordingService? leaver = null;
        leaver = new RecordingService(_journal, "a") { WhenStarting = cancellationToken => leaver!.DisownServiceParentAsync(cancellationToken) };

        await tree.AddServiceAsync(leaver, Token).Soon();
        Assert.Null(leaver.Parent);
        Assert.Empty(tree);
        Assert.Equal(ServiceState.Stopped, leaver.State);
        Assert.Equal(1, _journal.CountOf("stop a"));
    }

    [Fact]
    public async Task AddServiceAsync_ToRunningParent_StartsBothParts()
    {
        var tree = Tree();
        await tree.StartAsync(Token);
        _journal.Clear();
        var child = new RecordingService(_journal, "a");
        await tree.AddServiceAsync(child, Token);
        Assert.Equal(["privileged a", "start a"], _journal.Entries);
        Assert.Same(tree, child.Parent);
    }

    [Fact]
    public async Task AddServiceAsync_ToStoppedParent_StartsNothing()
    {
        var tree = Tree();
        await tree.AddServiceAsync(new RecordingService(_journal, "a"), Token);
        Assert.Single(tree);
        Assert.Empty(_journal.Entries);
    }

    [Fact]
    public async Task AddServiceAsync_ChildNotStarting_TakesItOutAgain()
    {
        var tree = Tree();
        await tree.StartAsync(Token);
        var attempts = 0;
        var child = new RecordingService(_journal, "a") { WhenStarting = _ => ++attempts == 1 ? throw new InvalidTimeZoneException() : Task.CompletedTask };

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => tree.AddServiceAsync(child, Token));
        Assert.Null(child.Parent);
        Assert.Empty(tree);
        Assert.True(tree.Running);
        Assert.Equal(1, _journal.CountOf("stop a"));

        await tree.AddServiceAsync(child, Token);
        Assert.True(child.Running);
    }

    [Fact]
    public async Task StopAsync_ChildOnTheWayIn_CancelsItsStartAndStopsEverything()
    {
        var tree = Tree("a");
        await tree.StartAsync(Token);
        var late = new StuckService { Start = new Gate() };
        var add = tree.AddServiceAsync(late, Token);
        await late.Start.Reached.Soon();

        await tree.StopAsync(Token).Soon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => add.Soon());
        Assert.Equal(1, late.Stops);
        Assert.Null(late.Parent);
        Assert.Equal(ServiceState.Stopped, tree.State);
        Assert.Single(tree);
    }

    [Fact]
    public async Task AddService_ToStoppingParent_IsRefused()
    {
        var gate = new Gate();
        var tree = Tree();
        Add(tree, new RecordingService(_journal, "a") { WhenStopping = gate.PassAsync });
        await tree.StartAsync(Token);
        var stop = tree.StopAsync(Token);
        await gate.Reached.Soon();

        var child = new RecordingService(_journal, "b");
        Assert.Throws<InvalidOperationException>(() => tree.AddService(child));
        await Assert.ThrowsAsync<InvalidOperationException>(() => tree.AddServiceAsync(child, Token));
        Assert.Null(child.Parent);
        gate.Release();
        await stop.Soon();
        tree.AddService(child);
        Assert.Same(tree, child.Parent);
    }

    [Fact]
    public void AddService_SameNamedChildTwice_IsRefused()
    {
        var tree = Tree();
        var child = new RecordingService(_journal, "a");
        tree.AddService(child);
        Assert.Contains("already", Assert.Throws<InvalidOperationException>(() => tree.AddService(child)).Message, StringComparison.Ordinal);
        Assert.Single(tree);
        Assert.Same(tree, child.Parent);
    }

    [Fact]
    public void AddService_SameUnnamedChildTwice_IsRefused()
    {
        var tree = Tree();
        var child = new MultiService();
        tree.AddService(child);
        Assert.Contains("'top/MultiService'", Assert.Throws<InvalidOperationException>(() => tree.AddService(child)).Message, StringComparison.Ordinal);
        Assert.Single(tree);
        Assert.Equal("top/MultiService", child.ServicePath);
    }

    [Fact]
    public void AddService_ChildOfAnother_IsRefused()
    {
        var child = new RecordingService(_journal, "a");
        child.SetServiceParent(new Application("other"));
        var failure = Assert.Throws<InvalidOperationException>(() => Tree().AddService(child));
        Assert.Contains("'other'", failure.Message, StringComparison.Ordinal);
        Assert.Equal("other/a", child.ServicePath);
    }

    [Fact]
    public async Task RemoveServiceAsync_Stranger_IsRefusedAndNotStopped()
    {
        var stranger = new RecordingService(_journal, "a");
        await stranger.StartAsync(Token);
        var tree = Tree("a");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => tree.RemoveServiceAsync(stranger, Token));
        Assert.Equal("The service 'a' is not a child of 'top'.", failure.Message);
        Assert.True(stranger.Running);
        Assert.Single(tree);
    }

    [Fact]
    public async Task RemoveServiceAsync_CalledDirectly_FreesTheChild()
    {
        var tree = Tree();
        var child = new RecordingService(_journal, "a");
        tree.AddService(child);
        await tree.RemoveServiceAsync(child, Token);
        Assert.Null(child.Parent);
        Assert.Equal("a", child.ServicePath);
        Assert.Throws<KeyNotFoundException>(() => tree.GetServiceNamed("a"));
        tree.AddService(child);
        Assert.Single(tree);
    }

    [Fact]
    public async Task AddServiceAsync_FromManyThreads_StartsAndStopsEachOnce()
    {
        var tree = Tree();
        await tree.StartAsync(Token);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(() => tree.AddServiceAsync(new RecordingService(_journal, $"{number}"), Token), Token))).Soon();
        Assert.Equal(200, tree.Count(child => child.Running));

        await Task.WhenAll(tree.Take(100).Select(child => Task.Run(() => child.DisownServiceParentAsync(Token), Token))).Soon();
        Assert.Equal(100, tree.Count());
        await tree.StopAsync(Token);
        Assert.All(Enumerable.Range(0, 200), number => Assert.Equal((1, 1, 1), (_journal.CountOf($"privileged {number}"), _journal.CountOf($"start {number}"), _journal.CountOf($"stop {number}"))));
    }
}
