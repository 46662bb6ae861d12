namespace TacHost.Services.Tests;

public sealed partial class ServiceTests
{
    [Fact]
    public void SetServiceParent_WithParent_IsRefusedAndNamesBoth()
    {
        var first = new Application("first");
        var child = new RecordingService(_journal, "child");
        child.SetServiceParent(first);

        var failure = Assert.Throws<InvalidOperationException>(() => child.SetServiceParent(new Application("second")));
        Assert.Contains("'first/child'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'second'", failure.Message, StringComparison.Ordinal);
        Assert.Same(first, child.Parent);
        Assert.Same(child, Assert.Single(first));
    }

    [Fact]
    public void SetServiceParent_NameClash_LeavesTheChildUntouched()
    {
        var parent = new Application("top");
        new RecordingService(_journal, "a").SetServiceParent(parent);
        var child = new RecordingService(_journal, "a");

        var failure = Assert.Throws<InvalidOperationException>(() => child.SetServiceParent(parent));
        Assert.Contains("two children named 'a'", failure.Message, StringComparison.Ordinal);
        Assert.Null(child.Parent);
        Assert.Equal("a", child.ServicePath);
        Assert.Single(parent);

        var other = new Application("other");
        child.SetServiceParent(other);
        Assert.Equal("other/a", child.ServicePath);
        Assert.Same(child, other.GetServiceNamed("a"));
    }

    [Fact]
    public void SetServiceParent_Itself_IsRefused()
    {
        var service = new MultiService();
        Assert.Throws<InvalidOperationException>(() => service.SetServiceParent(service));
        Assert.Null(service.Parent);
        Assert.Empty(service);
    }

    [Fact]
    public void SetServiceParent_OwnDescendant_IsRefused()
    {
        var top = new Application("top");
        var middle = new MultiService();
        var bottom = new MultiService();
        middle.SetServiceParent(top);
        bottom.SetServiceParent(middle);

        var failure = Assert.Throws<InvalidOperationException>(() => top.SetServiceParent(bottom));
        Assert.Contains("'top/MultiService/MultiService'", failure.Message, StringComparison.Ordinal);
        Assert.Null(top.Parent);
        Assert.Equal("top/MultiService/MultiService", bottom.ServicePath);
    }

    [Fact]
    public async Task DisownServiceParentAsync_WithoutParent_IsRefused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => new RecordingService(_journal, "a").DisownServiceParentAsync(Token));

    [Fact]
    public async Task DisownServiceParentAsync_Stopped_LeavesWithoutStop()
    {
        var parent = new Application("top");
        var child = new RecordingService(_journal, "a");
        child.SetServiceParent(parent);
        await child.DisownServiceParentAsync(Token);
        Assert.Null(child.Parent);
        Assert.Empty(parent);
        Assert.Empty(_journal.Entries);
    }

    [Fact]
    public async Task DisownServiceParentAsync_Running_EndsWhenTheChildHasStopped()
    {
        var parent = new Application("top");
        var child = new StuckService { Stop = new Gate() };
        child.SetServiceParent(parent);
        await parent.StartAsync(Token);

        var disown = child.DisownServiceParentAsync(Token);
        await child.Stop.Reached.Soon();
        Assert.False(disown.IsCompleted);
        Assert.Equal("top/StuckService", child.ServicePath);
        child.Stop.Release();
        await disown.Soon();
        Assert.Null(child.Parent);
        Assert.Equal(ServiceState.Stopped, child.State);
        Assert.True(parent.Running);
    }

    [Fact]
    public async Task DisownServiceParentAsync_StopFailing_LeavesAllTheSame()
    {
        var parent = new Application("top");
        var child = new RecordingService(_journal, "a") { WhenStopping = RecordingService.Throwing("no") };
        child.SetServiceParent(parent);
        await parent.StartAsync(Token);

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => child.DisownServiceParentAsync(Token));
        Assert.Null(child.Parent);
        Assert.Empty(parent);
    }

    [Fact]
    public async Task SetServiceParentAsync_FromRunningParent_AwaitsTheStopBeforeItStartsAgain()
    {
        var from = new Application("from");
        var to = new Application("to");
        var stop = new Gate();
        var child = new RecordingService(_journal, "a") { WhenStopping = stop.PassAsync };
        child.SetServiceParent(from);
        await from.StartAsync(Token);
        await to.StartAsync(Token);

        var move = child.SetServiceParentAsync(to, Token);
        await stop.Reached.Soon();
        Assert.Empty(to);
        Assert.False(move.IsCompleted);
        stop.Release();
        await move.Soon();
        Assert.Equal(["privileged a", "start a", "stop a", "privileged a", "start a"], _journal.Entries);
        Assert.Equal("to/a", child.ServicePath);
        Assert.Empty(from);
        Assert.True(child.Running);
    }

    [Fact]
    public async Task SetServiceParentAsync_NameClashAtRunningParent_LeavesTheChildWithoutParent()
    {
        var parent = new Application("top");
        new RecordingService(_journal, "a").SetServiceParent(parent);
        await parent.StartAsync(Token);
        var child = new RecordingService(_journal, "a");

        await Assert.ThrowsAsync<InvalidOperationException>(() => child.SetServiceParentAsync(parent, Token));
        Assert.Null(child.Parent);
        Assert.Equal(ServiceState.Stopped, child.State);
        Assert.Single(parent);
    }

    [Fact]
    public async Task SetServiceParent_RunningChild_IsRefused()
    {
        var parent = new Application("top");
        var child = new RecordingService(_journal, "a");
        await child.StartAsync(Token);
        Assert.Throws<InvalidOperationException>(() => child.SetServiceParent(parent));
        Assert.Null(child.Parent);
        Assert.True(child.Running);
        Assert.Empty(parent);
    }

    [Fact]
    public async Task SetServiceParent_RunningParent_IsRefusedAndSaysWhatToCall()
    {
        var parent = new Application("top");
        await parent.StartAsync(Token);
        var child = new RecordingService(_journal, "a");

        var failure = Assert.Throws<InvalidOperationException>(() => child.SetServiceParent(parent));
        Assert.Contains(nameof(IService.SetServiceParentAsync), failure.Message, StringComparison.Ordinal);
        Assert.Null(child.Parent);
        await child.SetServiceParentAsync(parent, Token);
        Assert.True(child.Running);
    }

    [Fact]
    public void ServicePath_WithoutNames_CountsTypes()
    {
        var top = new Application("top");
        var children = new[] { new MultiService(), new MultiService(), new MultiService() };
        foreach (var child in children)
            child.SetServiceParent(top);
        Assert.Equal(["top/MultiService", "top/MultiService-2", "top/MultiService-3"], children.Select(child => child.ServicePath));
        Assert.Same(children[1], top.GetServiceNamed("MultiService-2"));
        Assert.All(children, child => Assert.Null(child.Name));
    }

    [Fact]
    public void ServicePath_SegmentTakenByAName_TakesTheNext()
    {
        var top = new Application("top");
        var named = new MultiService();
        named.SetName("MultiService-2");
        named.SetServiceParent(top);
        var unnamed = new[] { new MultiService(), new MultiService() };
        foreach (var child in unnamed)
            child.SetServiceParent(top);
        Assert.Equal(["top/MultiService", "top/MultiService-3"], unnamed.Select(child => child.ServicePath));
    }

    [Fact]
    public async Task ServicePath_AfterAChildHasLeft_IsGivenBack()
    {
        var top = new Application("top");
        var children = Enumerable.Range(0, 4).Select(_ => new MultiService()).ToArray();
        foreach (var child in children)
            child.SetServiceParent(top);
        for (var round = 0; round < 3; round++)
        {
            await children[2].DisownServiceParentAsync(Token);
            await children[0].DisownServiceParentAsync(Token);
            children[2].SetServiceParent(top);
            children[0].SetServiceParent(top);
            Assert.Equal(["top/MultiService-3", "top/MultiService-2", "top/MultiService", "top/MultiService-4"], children.Select(child => child.ServicePath));
            (children[0], children[2]) = (children[2], children[0]);
        }
    }

    [Fact]
    public void ServicePath_OfGenericType_HasNoArity()
    {
        var service = new GenericService<int>();
        service.SetServiceParent(new Application("top"));
        Assert.Equal("top/GenericService", service.ServicePath);
    }

    /// <summary>A property called Path would hide System.IO.Path in the classes of a tac file, and this would not compile.</summary>
    [Fact]
    public void ServicePath_InDerivedClass_LeavesThePathOfTheSystemVisible() =>
        Assert.Equal("a/b", new PathService().Joined);

    [Fact]
    public void Logger_InApplication_HasTheNamesOfItsAncestorsOnly()
    {
        using var log = new CollectingLoggerFactory();
        var application = new Application("fastpoetry");
        var unnamed = new MultiService();
        unnamed.SetServiceParent(application);
        var named = new MultiService();
        named.SetName("poems");
        named.SetServiceParent(unnamed);
        var leaf = new LoggingService();
        leaf.SetServiceParent(named);
        leaf.LogSomething();
        application.LoggerFactory = log;
        leaf.LogSomething();
        Assert.Equal(["fastpoetry/poems/LoggingService", "fastpoetry/poems/LoggingService"], log.Lines.Select(line => line.Category));
        Assert.Equal("fastpoetry/poems/PoetryFactory", CategoryOf(leaf, "PoetryFactory", log));
    }

    [Fact]
    public async Task Logger_AfterAnAncestorHasMoved_HasTheNewNames()
    {
        using var log = new CollectingLoggerFactory();
        var application = new Application("top") { LoggerFactory = log };
        var (from, to, middle, leaf) = (new MultiService(), new MultiService(), new MultiService(), new LoggingService());
        from.SetName("from");
        to.SetName("to");
        from.SetServiceParent(application);
        to.SetServiceParent(application);
        middle.SetServiceParent(from);
        leaf.SetServiceParent(middle);

        leaf.LogSomething();
        await middle.SetServiceParentAsync(to, Token);
        leaf.LogSomething();
        Assert.Equal(["top/from/LoggingService", "top/to/LoggingService"], log.Lines.Select(line => line.Category));
    }

    private static string CategoryOf(Service service, string leaf, CollectingLoggerFactory log)
    {
        ServiceLog.Failed(service.LoggerNamed(leaf), new InvalidTimeZoneException(), "");
        return log.Lines.Last().Category;
    }

    private sealed class GenericService<T> : Service;

    private sealed class PathService : Service
    {
        public string Joined { get; } = Path.Combine("a", "b");
    }

    private sealed class LoggingService : Service
    {
        public void LogSomething() => ServiceLog.Failed(Logger, new InvalidTimeZoneException(), ServicePath);
    }
}
