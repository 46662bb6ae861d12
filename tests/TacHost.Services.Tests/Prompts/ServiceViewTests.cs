using TacHost.Services.Prompts;

namespace TacHost.Services.Tests.Prompts;

public sealed class ServiceViewTests
{
    [Fact]
    public async Task View_OfATree_ShowsWhatRuns()
    {
        Application application = new("poem");
        MultiService group = new();
        group.SetName("group");
        group.SetServiceParent(application);
        Named service = new();
        service.SetName("one");
        service.SetServiceParent(group);
        await application.StartAsync(TestContext.Current.CancellationToken);

        ServiceView view = new(application);

        Assert.Equal(("poem", 1, ServiceState.Running), (view.Name, view.Services.Count, view.State));
        Assert.Equal(("poem/group/one", "Named"), (view["group/one"].ServicePath, view["group/one"].Type));
        Assert.Equal("7", view["group/one"].Members["Number"]);
        Assert.Equal("\"hidden\"", view["group/one"].Read("_text"));
        Assert.Equal("!<NotSupportedException>", view["group/one"].Read("Broken"));
        Assert.Equal("poem/group/one Running", view["group/one"].ToString());
        await application.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ServiceState.Stopped, view["group/one"].State);
    }

    [Fact]
    public void View_OfAWrongName_SaysWhatThereIs()
    {
        Application application = new("poem");
        Named service = new();
        service.SetName("one");
        service.SetServiceParent(application);
        ServiceView view = new(application);

        Assert.Contains("one", Assert.Throws<KeyNotFoundException>(() => view["two"]).Message, StringComparison.Ordinal);
        Assert.Contains("not a group", Assert.Throws<KeyNotFoundException>(() => view["one/two"]).Message, StringComparison.Ordinal);
        Assert.Contains("'nothing'", Assert.Throws<MissingMemberException>(() => view["one"].Read("nothing")).Message, StringComparison.Ordinal);
    }

    private sealed class Named : Service
    {
#pragma warning disable IDE0052, CA1823 // read by its name
        private readonly string _text = "hidden";
#pragma warning restore IDE0052, CA1823

        public int Number { get; } = 7;

        public string Broken => throw new NotSupportedException(_text);
    }
}
