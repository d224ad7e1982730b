namespace Nura.Models;

/// <summary>How one of several models is picked.</summary>
public enum RoutePick
{
    /// <summary>The first that can take the call.</summary>
    First,

    /// <summary>The one whose estimated cost is lowest.</summary>
    Cheapest,

    /// <summary>Of two drawn at random, the one that has lately begun to answer sooner ("power of two choices"): avoids the herd that always taking the fastest would make.</summary>
    Fastest,
}
