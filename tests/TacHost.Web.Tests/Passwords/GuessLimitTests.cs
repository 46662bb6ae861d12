using System.Net;
using Microsoft.Extensions.Time.Testing;
using TacHost.Web.Passwords;

namespace TacHost.Web.Tests.Passwords;

public sealed class GuessLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData(null, null, true)]
    [InlineData(null, "192.0.2.1", false)]
    public void IsReached_CountsAnAddressOrItsNetwork(string? guesser, string? other, bool same)
    {
        GuessLimit limit = new(_time);
        for (var i = 0; i < GuessLimit.MostInAMinute; i++)
        {
            Assert.False(limit.IsReached(Address(guesser)));
            limit.Count(Address(guesser));
        }

        Assert.True(limit.IsReached(Address(guesser)));
        Assert.Equal(same, limit.IsReached(Address(other)));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(limit.IsReached(Address(guesser)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(limit.IsReached(Address(guesser)));
    }

    [Fact]
    public void IsReached_FromManyAddresses_IsBounded()
    {
        GuessLimit limit = new(_time);
        for (var i = 0; i < 10_000 + GuessLimit.MostInAMinute; i++)
            limit.Count(new IPAddress(i + 1));
        Assert.True(limit.IsReached(IPAddress.Parse("198.51.100.1")));
        Assert.False(limit.IsReached(new IPAddress(1)));
    }

    private static IPAddress? Address(string? text) => text is null ? null : IPAddress.Parse(text);
}
