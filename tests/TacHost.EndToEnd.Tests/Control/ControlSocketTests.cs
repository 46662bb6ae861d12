using System.Globalization;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Control;

/// <summary>The control socket of a daemon, and clients of all sorts.</summary>
public sealed class ControlSocketTests
{
    [Fact]
    public async Task Socat_WithARequest_GetsOneLineOfJson()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());

        var outcome = await sandbox.RunAsync("sh", "-c", $"printf '%s\\n' '{ControlSocket.Request("ps").TrimEnd()}' | socat -t 10 - ABSTRACT-CONNECT:tachost/{id}");

        var line = Assert.Single(outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var result = JsonElement.Parse(line).GetProperty("result");
        Assert.Equal((1, id), (result.GetProperty("protocol").GetInt32(), result.GetProperty("pid").GetInt32()));
        Assert.Equal("running", result.GetProperty("applications")[0].GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("garbage", -32700)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,", -32700)]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[", -32700)]
    [InlineData("\u0001\u0002\u00ff", -32700)]
    [InlineData("[]", -32600)]
    [InlineData("12", -32600)]
    [InlineData("{\"id\":1,\"method\":\"ps\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ps\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ps\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ps\",\"params\":[1]}", -32602)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\"}", -32601)]
    public async Task Line_ThatIsNoRequest_GetsAnErrorAndTheConnectionGoesOn(string line, int code)
    {
        await using var sandbox = new Sandbox();
        using ControlSocket client = new(await sandbox.StartDaemonAsync(sandbox.UseSharedTac()));

        await client.SendAsync(line + "\n");

        var error = JsonElement.Parse((await client.LineAsync())!).GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetInt32());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.True((await client.CallAsync("ps")).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Notification_IsNotAnswered()
    {
        await using var sandbox = new Sandbox();
        using ControlSocket client = new(await sandbox.StartDaemonAsync(sandbox.UseSharedTac()));

        await client.SendAsync("{\"jsonrpc\":\"2.0\",\"method\":\"ps\"}\n\n");

        Assert.Equal("x", (await CallWithIdAsync(client, "\"x\"")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Request_InPiecesAndTwoAtOnce_AreAnsweredInOrder()
    {
        await using var sandbox = new Sandbox();
        using ControlSocket client = new(await sandbox.StartDaemonAsync(sandbox.UseSharedTac()));
        foreach (var character in "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ps\"}\n{\"jsonrpc\":\"2.0\",")
            await client.SendAsync(character.ToString());

        Assert.Equal(1, JsonElement.Parse((await client.LineAsync())!).GetProperty("id").GetInt32());
        await client.SendAsync("\"id\":2,\"method\":\"ps\"}\n{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ps\"}\n");
        Assert.Equal(2, JsonElement.Parse((await client.LineAsync())!).GetProperty("id").GetInt32());
        Assert.Equal(3, JsonElement.Parse((await client.LineAsync())!).GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task Line_ThatNeverEnds_GetsAnErrorAndIsCutOff()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        using ControlSocket client = new(id);

        client.Flood(new string('x', 4096));

        Assert.Contains("longer than", await client.LineAsync(), StringComparison.Ordinal);
        Assert.Null(await client.LineAsync());
        await RequireServedAsync(id);
    }

    [Fact]
    public async Task Clients_ThatVanish_LeaveNothingBehind()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        await RequireServedAsync(id);
        await Until.TrueAsync(() => Clients(id) == 0, "the end of the first client");
        var descriptors = Descriptors(id);

        for (var i = 0; i < 200; i++)
        {
            using ControlSocket client = new(id);
            await client.SendAsync(i % 2 == 0 ? ControlSocket.Request("status") : "{\"jsonrpc\":");
        }

        await Until.TrueAsync(() => Clients(id) == 0 && Descriptors(id) <= descriptors, "the end of all clients");
        await RequireServedAsync(id);
        Assert.DoesNotContain("failed", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_ThatStayAndSayNothing_MakeRoomForOthers()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        List<ControlSocket> silent = [.. Enumerable.Range(0, 100).Select(_ => new ControlSocket(id))];
        try
        {
            await RequireServedAsync(id);
            Assert.InRange(Clients(id), 1, 16);
            Assert.Null(await silent[0].LineAsync());
        }
        finally
        {
            silent.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Clients_ThatAskAndDoNotRead_HoldUpNobody()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        List<ControlSocket> slow = [.. Enumerable.Range(0, 8).Select(_ => new ControlSocket(id))];
        try
        {
            foreach (var client in slow)
                client.Flood(ControlSocket.Request("status"));

            await RequireServedAsync(id);
            await Until.TrueAsync(() => Clients(id) == 0, "the end of those that do not read");
        }
        finally
        {
            slow.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Daemon_ThatIsKilled_LeavesNoName()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        Assert.True(IsListening(id));

        await sandbox.KillAsync(id, "KILL");

        await Until.TrueAsync(() => !IsListening(id), "the end of the name");
    }

    [Fact]
    public async Task NoControl_HasNoSocket()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync("--no-control", sandbox.UseSharedTac());

        Assert.False(IsListening(id));
        var outcome = await sandbox.TachostAsync("status", id.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(69, outcome.ExitCode);
        Assert.Contains($"'{id}' is not running", outcome.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> CallWithIdAsync(ControlSocket client, string id)
    {
        await client.SendAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"ps"}""" + "\n");
        return JsonElement.Parse((await client.LineAsync())!);
    }

    private static async Task RequireServedAsync(int id)
    {
        using ControlSocket client = new(id);
        Assert.True((await client.CallAsync("ps")).TryGetProperty("result", out _));
    }

    private static bool IsListening(int id) => File.ReadLines("/proc/net/unix").Any(line => line.EndsWith($" @tachost/{id}", StringComparison.Ordinal));

    /// <summary>The number of threads that serve clients.</summary>
    private static int Clients(int id) => Directory.EnumerateDirectories($"/proc/{id}/task").Count(task =>
    {
        try
        {
            return File.ReadAllText($"{task}/comm").StartsWith("control client", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    });

    private static int Descriptors(int id) => Directory.EnumerateFileSystemEntries($"/proc/{id}/fd").Count();
}
